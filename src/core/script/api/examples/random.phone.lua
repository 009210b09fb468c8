print(random.phone()) --> such as "+16175550115"

print(random.product()) --> such as "Wooden Box"
print(random.product "pt_BR") --> such as "Jaqueta de bambu"

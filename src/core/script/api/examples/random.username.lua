print(random.username()) --> such as "maya_dahl_k7f2a9c1_0_1"

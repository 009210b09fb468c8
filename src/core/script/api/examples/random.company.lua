print(random.company()) --> such as "Garcia and Martin"
print(random.company "pt_BR") --> such as "Grupo Barbosa"

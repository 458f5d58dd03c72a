"""The judge: calls every operation of an OpenAPI document and says where a server's answers depart from it."""

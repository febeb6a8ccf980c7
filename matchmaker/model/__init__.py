"""The words of the field and the graph they make: values, ids, elements, ontology, records and changes."""

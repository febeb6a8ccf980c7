"""Writers: a published graph as the file of one format each."""

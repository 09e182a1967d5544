"""The public benchmark of days full of visits: HHCRSP and UHHC, six families of instances."""

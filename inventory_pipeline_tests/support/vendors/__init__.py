"""Stand-ins of vendors: one file each, which speaks as that vendor documents."""

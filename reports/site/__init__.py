"""The public site: plain values in, static pages out. It knows no server and no registry."""

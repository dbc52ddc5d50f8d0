"""Links to the documentation site, whose address is ``skparams.docs_url``."""


def link_to(page: str, anchor: str = "") -> str | None:
    """The address of a page of the site, or None if no site is set."""
    import skparams

    base = skparams.docs_url
    if base is None:
        return None
    if not isinstance(base, str) or not base.lower().startswith(("https://", "http://")):
        allowed = "None or an address that starts with https:// or http://"
        raise ValueError(f"skparams.docs_url must be {allowed}, got {base!r}.")
    address = f"{base.rstrip('/')}/{page}.html"
    return f"{address}#{anchor}" if anchor else address

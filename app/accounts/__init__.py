"""How members prove who they are: a password, or the organisation's single sign-on."""

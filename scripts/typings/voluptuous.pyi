# For mypy: Home Assistant serves probatio under this name. The real voluptuous is
# installed too, through others that ask for it, but is never the one in use.
from probatio import *

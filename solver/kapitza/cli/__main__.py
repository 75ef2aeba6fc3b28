import sys

from kapitza.cli import main

sys.exit(main())

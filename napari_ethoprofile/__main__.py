"""``python -m napari_ethoprofile`` is the `ethoprofile` command."""

from .cli import main

if __name__ == "__main__":
    main()

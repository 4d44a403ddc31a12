"""Let `python -m storyboard` do what the `storyboard` command does."""

from storyboard.cli.main import process

if __name__ == "__main__":
    process()

"""The console script: a command is imported without looking for garbage among what stays anyway."""

import gc


def main() -> None:
    gc.disable()
    from bot import cli

    cli.main()  # turns it on again once everything is imported


if __name__ == "__main__":
    main()

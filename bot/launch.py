"""The console script: the command line, imported without looking for garbage among what stays anyway."""

import gc


def main() -> None:
    gc.disable()
    from bot import cli

    gc.enable()
    cli.main()


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Runs moon-buggy so that a game has one life: it ends at its first wreck, and Return starts the next, whenever it is pressed.

By itself the program continues with a second and a third buggy, and then may ask for a name, where an interrupt does nothing.
"""
import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time
import tty

GAME = ["/usr/games/moon-buggy", "-n"]  # without its title
NEXT = b"\r"  # Return
CLEAR, CLEAR_S = b"\x1b[2J", 0.3  # between games, long enough to tell them apart
WRECKED = b"continue"  # it asks whether to continue, about three seconds after a wreck


def start():
    """Returns the game's process and the terminal that it plays on, which has the size of this one."""
    size = fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8))
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, size)
        os.execv(GAME[0], GAME)
    return child, terminal


def end(child, terminal):
    """Ends the game; what it has drawn stays."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(terminal)


def main():
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit())
    tty.setraw(0)
    game = start()
    try:
        while True:
            ready = select.select([0] + ([game[1]] if game else []), [], [])[0]
            if 0 in ready:
                keys = os.read(0, 1024)
                if not keys:
                    break
                if NEXT in keys:
                    if game:
                        end(*game)
                    os.write(1, CLEAR)
                    time.sleep(CLEAR_S)
                    termios.tcflush(0, termios.TCIFLUSH)
                    game = start()
                elif game:
                    os.write(game[1], keys)
            elif game:
                try:
                    drawn = os.read(game[1], 65536)
                except OSError:  # it has ended
                    drawn = b""
                os.write(1, drawn)
                if not drawn or WRECKED in drawn:
                    end(*game)
                    game = None
    finally:
        if game:
            end(*game)


if __name__ == "__main__":
    main()

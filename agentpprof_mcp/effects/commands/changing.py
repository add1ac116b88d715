"""Programs that change files."""

from agentpprof_mcp.effects.programs import FILES, PLAIN, Contact, Paths, Program, each
from agentpprof_mcp.model import EffectKind

__all__ = ["CHANGING"]

WRITE = EffectKind.WRITE
ALL, FIRST, LAST, REST = Paths.ALL, Paths.FIRST, Paths.LAST, Paths.REST

CHANGING = each(
    {
        "rm rmdir mv tee unlink shred trash rename mkfifo xattr sponge": FILES[WRITE],
        "mkdir touch truncate": Program(WRITE, ALL, values="-m --mode -s --size -d --date -t -r"),
        "cp ln install": Program(WRITE, LAST, values="-m -o -g", files="-t --target-directory"),
        "chmod chown chgrp setfacl": Program(WRITE, REST, given="--reference"),
        "patch": Program(WRITE, FIRST, values="-p", files="-i -o"),
        "zip": Program(WRITE, FIRST, values="-x"),
        "unzip": Program(WRITE, values="-x", folder="-d"),
        "gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd": FILES[WRITE],
        "tar bsdtar gtar": Program(WRITE, files="-f --file", folder="-C --directory"),
        "dd mktemp split csplit 7z 7za unrar convert magick ffmpeg": PLAIN[WRITE],
        "pandoc": Program(WRITE, files="-o --output"),
        "apply_patch": PLAIN[WRITE],
        "rsync": Program(WRITE, LAST, values="-e --exclude --include --filter --rsh", contact=Contact.COPY),
        "scp sftp": Program(WRITE, LAST, values="-i -P -o -F -J -l -c", contact=Contact.COPY),
    }
)  # fmt: skip

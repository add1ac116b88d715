"""Programs that look at files, at other programs, and at the machine."""

from agentpprof_mcp.effects.programs import FILES, PLAIN, Paths, Program, each
from agentpprof_mcp.model import EffectKind

__all__ = ["LOOKING"]

READ, SEARCH = EffectKind.READ, EffectKind.SEARCH
ALL, FIRST, REST, LEADING = Paths.ALL, Paths.FIRST, Paths.REST, Paths.LEADING

LOOKING = each(
    {
        "cat tac nl less more bat batcat wc od xxd hexdump strings file du df ls tree eza exa lsd dir "
        "readlink realpath md5 md5sum sha1sum sha256sum sha512sum shasum b2sum cksum sum cmp comm diff "
        "colordiff sdiff paste rev expand unexpand zcat gzcat bzcat xzcat zless pdftotext exiftool "
        "identify ffprobe nm objdump readelf ldd otool cloc tokei scc column fold fmt iconv shuf": FILES[READ],
        "ps top htop lsof ss netstat pgrep uname whoami id groups hostname env printenv which whereis where "
        "type free uptime vmstat locale nproc lscpu lsblk mount diskutil journalctl dmesg jobs history "
        "basename dirname pwd command hash pbpaste "
        "date cal man info tldr read mapfile readarray ifconfig ipconfig tasklist wslpath cygpath envsubst numfmt": PLAIN[READ],
        "stat": Program(READ, ALL, values="-c --format --printf"),
        "head tail": Program(READ, ALL, values="-n -c --lines --bytes"),
        "sort": Program(READ, ALL, values="-k -t -S -T", writes="-o --output"),
        "test": Program(READ, files="-b -c -d -e -f -g -h -k -p -r -s -u -w -x -G -L -N -O -S"),
        "crontab": Program(READ, FIRST, values="-u", writes="-e -r"),
        "uniq": Program(READ, ALL, values="-f -s -w"),
        "cut": Program(READ, ALL, values="-d -f -c -b --delimiter --fields"),
        "tr": PLAIN[READ],
        "sed gsed": Program(READ, REST, given="-e --expression -f --file", writes="-i --in-place"),
        "awk gawk mawk nawk": Program(READ, REST, values="-F -v", given="-f --file -e"),
        "jq gojq jaq yq xq": Program(
            READ,
            REST,
            values="--indent",
            pairs="--arg --argjson --slurpfile --rawfile",
            given="-f --from-file",
            writes="-i",
        ),
        "mlr gron xmllint dasel": Program(READ, REST, given="--xpath"),
        "base64 base32 openssl": Program(READ, files="-in -out -i -o"),
        "grep egrep fgrep zgrep ggrep": Program(
            SEARCH,
            REST,
            values="-A -B -C -m --include --exclude --exclude-dir --color -d -D --label",
            given="-e --regexp -f --file",
        ),
        "rg ripgrep ag ack ugrep": Program(
            SEARCH,
            REST,
            values="-A -B -C -g --glob --iglob -t --type -T --type-not -m --max-count -M -j -d --max-depth "
            "-r --replace --sort --sortr --colors --color -E --context --context-separator",
            given="-e --regexp -f --file",
            alone="--files",
        ),
        "ast-grep sg": Program(SEARCH, ALL, values="-p --pattern -l --lang -r --rewrite", subcommands={"run": FILES[SEARCH], "scan": FILES[SEARCH]}),
        "find gfind": Program(SEARCH, LEADING, writes="-delete", runs="-exec -execdir -ok"),
        "fd fdfind": Program(SEARCH, REST, values="-e -t -d -E -g --extension --type --max-depth --exclude", runs="-x -X --exec --exec-batch"),
        "locate mdfind fzf findstr": PLAIN[SEARCH],
    }
)  # fmt: skip

"""PowerShell: its own commands and their short names. Other verbs are judged by the verb alone."""

from agentpprof_mcp.effects.programs import FILES, PLAIN, Contact, Paths, Program, each
from agentpprof_mcp.model import EffectKind

__all__ = ["CMDLETS"]

READ, WRITE, SEARCH = EffectKind.READ, EffectKind.WRITE, EffectKind.SEARCH
NETWORK, PACKAGE, RUN = EffectKind.NETWORK, EffectKind.PACKAGE, EffectKind.RUN
ALL = Paths.ALL

PATH = "-path -literalpath -filepath -lp"
VALUES = "-encoding -totalcount -tail -filter -include -exclude -itemtype -value -first -last -depth -context"

CMDLETS = each(
    {
        "get-content gc get-childitem gci get-item gi get-filehash test-path resolve-path join-path split-path import-csv get-acl": Program(
            READ, ALL, values=VALUES, files=PATH
        ),
        "get-process gps get-service get-command gcm get-location gl get-date get-help get-variable get-member "
        "get-ciminstance get-wmiobject get-nettcpconnection get-itemproperty get-module get-history": PLAIN[READ],
        "select-string sls": Program(SEARCH, Paths.REST, values=f"{VALUES} -notmatch", files=PATH, given="-pattern"),
        "set-content sc add-content ac clear-content new-item ni remove-item ri del erase rd md rename-item rni out-file "
        "tee-object export-csv set-itemproperty": Program(WRITE, ALL, values=f"{VALUES} -newname -inputobject", files=PATH),
        "copy-item copy cpi move-item move mi": Program(WRITE, Paths.LAST, values=VALUES, files="-destination"),
        "expand-archive compress-archive": Program(WRITE, files="-destinationpath -path"),
        "invoke-webrequest iwr invoke-restmethod irm start-bitstransfer test-netconnection tnc resolve-dnsname": Program(
            NETWORK,
            values="-method -headers -body -contenttype -timeoutsec -credential -useragent",
            files="-outfile",
            contact=Contact.URL,
        ),
        "install-module update-module install-package install-script": Program(PACKAGE, registry="psgallery"),
        "invoke-pester": FILES[EffectKind.TEST],
        "invoke-scriptanalyzer": FILES[EffectKind.CHECK],
        "write-host write-output write-error write-warning start-process saps stop-process spps start-sleep invoke-expression "
        "iex invoke-command icm start-job receive-job wait-job add-type import-module set-executionpolicy": PLAIN[RUN],
    }
)  # fmt: skip

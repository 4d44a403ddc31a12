"""How the contact sheet looks in a browser, in the light, in the dark and on paper."""

__all__ = ["STYLE"]

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #f7f5f0; --card: #fffefb; --ink: #1d1d1f; --soft: #5c5b58; --rule: #d5d0c6;
  --mat: #16171a; --link: #1f5f99; --good: #236a41; --open: #8a5a00; --bad: #a52a20;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #141517; --card: #1d1f22; --ink: #ececea; --soft: #a9a8a4; --rule: #383a3f;
    --mat: #0b0c0d; --link: #8ec1f0; --good: #7fd0a0; --open: #eab85c; --bad: #ff9a8f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.5rem clamp(1rem, 4vw, 3.5rem) 4rem; max-width: 100rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.45 "Source Sans 3", "Source Sans Pro", system-ui, sans-serif;
}
h1 { margin: 0; font-size: 2.6rem; line-height: 1.1; text-wrap: balance; }
h2 { margin: 0 0 1rem; font-size: 1.1rem; letter-spacing: .02em; }
h3 { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere; }
p { margin: .35rem 0 0; overflow-wrap: anywhere; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
ul, ol { margin: 0; padding: 0; list-style: none; }
.facts { display: flex; flex-wrap: wrap; margin-top: .5rem; color: var(--soft); }
.facts li + li::before { content: "\\00b7"; margin: 0 .5em; }
nav { margin: 1.75rem 0 0; padding: 1rem 0; border-block: 1px solid var(--rule); }
nav h2 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
nav ol { display: grid; gap: .35rem; }
nav ol > li { display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; }
nav ol > li > a { font-weight: 600; min-width: 16rem; color: inherit; text-decoration: none; }
nav a:hover { text-decoration: underline; }
nav ul { display: flex; flex-wrap: wrap; gap: .1rem 1rem; }
section { margin-top: 2.5rem; scroll-margin-top: 1rem; }
section > h2 { padding-bottom: .45rem; border-bottom: 2px solid var(--rule); }
.shots {
  display: grid; gap: 1.75rem;
  grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr));
}
.tall .shots { grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); }
article {
  display: flex; flex-direction: column; padding: 1rem; scroll-margin-top: 1rem;
  background: var(--card); border: 1px solid var(--rule); border-radius: 6px;
}
article:target { border-color: var(--link); }
article > header { display: flex; justify-content: space-between; gap: 1rem; order: 1; }
article > .views { order: 0; margin-bottom: .75rem; }
article > * { order: 2; }
article > dl { order: 3; margin-top: auto; }
article > details { order: 4; }
.length { font-variant-numeric: tabular-nums; }
.views { display: grid; gap: 4px; }
.both { grid-template-columns: 2fr 1fr; }
.ends { display: grid; grid-template-rows: 1fr 1fr; gap: 4px; }
.views > img, .views > .blank { max-height: 34rem; }
img { display: block; width: 100%; height: 100%; object-fit: contain; background: var(--mat); }
figure { position: relative; margin: 0; min-height: 0; }
figcaption {
  position: absolute; left: 0; bottom: 0; padding: 0 .4em; border-top-right-radius: 3px;
  font-size: .75rem; color: #fff; background: rgb(0 0 0 / .7);
}
.blank {
  display: grid; place-items: center; margin: 0; min-height: 5rem; aspect-ratio: 16 / 9;
  border: 1px dashed var(--rule); color: var(--soft);
}
figure .blank { height: 100%; min-height: 0; font-size: .8rem; text-align: center; }
.camera { margin-top: .1rem; color: var(--soft); font-size: .9rem; }
.line b { font-weight: 600; font-size: .9rem; }
q { quotes: "\\201c" "\\201d"; }
dl {
  display: flex; flex-wrap: wrap; gap: .15rem 1.25rem; margin: .8rem 0 0; padding-top: .6rem;
  font-size: .9rem;
}
dl div { display: flex; gap: .4em; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.standing { font-weight: 600; }
.standing::before {
  content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .4em;
  border-radius: 50%; background: currentColor;
}
.owned { color: var(--good); }
.to_buy, .to_make, .in_flight { color: var(--open); }
.missing, .unclear, .blocked { color: var(--bad); }
details { margin-top: .6rem; border-top: 1px solid var(--rule); padding-top: .5rem; }
summary { cursor: pointer; color: var(--soft); font-size: .9rem; }
pre {
  margin: .5rem 0 0; font: .85rem/1.45 ui-monospace, monospace;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
@media print {
  @page { margin: 12mm; }
  :root {
    color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --rule: #bbb;
    --link: #000; --good: #1c5a36; --open: #6d4700; --bad: #8f1f16;
    font-size: 9pt;
  }
  body { padding: 0; max-width: none; }
  section { margin-top: 1.5rem; }
  nav, details:not([open]), dl div:has(a) { display: none; }
  .shots { grid-template-columns: repeat(2, 1fr); gap: 6mm; }
  .tall .shots { grid-template-columns: repeat(3, 1fr); }
  article { break-inside: avoid; padding: 0; border: 0; }
  section > h2 { break-after: avoid; }
  img, .standing::before, figcaption { print-color-adjust: exact; }
}
"""

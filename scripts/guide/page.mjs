// A page of the guide around its text.
const escape = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const entry = (address) => (page) =>
  `<li><a href="${page.address}"${page.address === address ? ' aria-current="page"' : ''}>${escape(page.title)}</a></li>`;

const around = (page, word, name) =>
  page === undefined
    ? ''
    : `<a class="${name}" href="${page.address}"><span>${word}</span> ${escape(page.title)}</a>`;

export const pageOf = ({
  title,
  address,
  html,
  headings,
  navigation,
  previous,
  next,
}) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)} · Waypost guide</title>
<link rel="icon" href="/docs-assets/icon.svg">
<link rel="stylesheet" href="/guide-assets/guide.css">
<script src="/dashboard-assets/theme.js"></script>
<script src="/guide-assets/guide.js" defer></script>
</head>
<body>
<a class="skip" href="#text">Skip to the text</a>
<header>
<a class="brand" href="/guide"><img src="/docs-assets/icon.svg" alt="" width="24" height="24">Waypost guide</a>
<search><form action="/guide"><label for="search">Search the guide</label><input id="search" type="search" autocomplete="off" placeholder="Search"></form><div id="results" hidden></div></search>
<nav class="doors" aria-label="Waypost"><a href="/">Dashboard</a><a href="/docs">Try the API</a></nav>
</header>
<div class="columns">
<nav class="pages" aria-label="Guide">
<details open><summary>All pages</summary>
${navigation
  .map(
    (section) =>
      `<h2>${escape(section.title)}</h2>\n<ul>${section.pages.map(entry(address)).join('\n')}</ul>`,
  )
  .join('\n')}
</details>
</nav>
<main id="text" tabindex="-1">
<article>
${html}
</article>
<nav class="around" aria-label="Before and after">${around(previous, 'Before:', 'before')}${around(next, 'Next:', 'next')}</nav>
</main>
${
  headings.length < 2
    ? ''
    : `<nav class="here" aria-label="On this page"><h2>On this page</h2><ul>${headings
        .map(({ anchor, text }) => `<li><a href="#${anchor}">${escape(text)}</a></li>`)
        .join('\n')}</ul></nav>`
}
</div>
</body>
</html>
`;

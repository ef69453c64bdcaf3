// Markdown of docs/ as HTML: headings with GitHub's anchors, links among pages, code in colours. No inline style or script.
import { posix } from 'node:path';
import GithubSlugger from 'github-slugger';
import hljs from 'highlight.js/lib/common';
import http from 'highlight.js/lib/languages/http';
import MarkdownIt from 'markdown-it';

hljs.registerLanguage('http', http);
/** What is no program, such as a diagram of text. */
const PLAIN = new Set(['', 'text', 'csv', 'mermaid']);

/**
 * @param addresses of each file of docs/ that is a page
 * @returns a function that renders the text of a file
 */
export function renderer(addresses) {
  const md = new MarkdownIt({ html: true, highlight: colour });
  const escape = md.utils.escapeHtml;

  function colour(code, language) {
    if (PLAIN.has(language) || hljs.getLanguage(language) === undefined) return escape(code);
    return hljs.highlight(code, { language }).value;
  }

  const targetOf = (file, href) => {
    if (/^(?:https?:|mailto:|#|\/)/.test(href)) return href;
    const [path, anchor] = href.split('#');
    const address = addresses.get(posix.normalize(posix.join(posix.dirname(file), path)));
    return address === undefined ? null : address + (anchor === undefined ? '' : `#${anchor}`);
  };

  md.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const token = tokens[index];
    const href = targetOf(env.file, token.attrGet('href'));
    env.open.push(href === null ? 'span' : 'a');
    if (href === null)
      return `<span title="In the repository: ${escape(token.attrGet('href').replace(/^(?:\.\.\/)+/, ''))}">`;
    token.attrSet('href', href);
    return self.renderToken(tokens, index, options);
  };
  md.renderer.rules.link_close = (_tokens, _index, _options, env) => `</${env.open.pop()}>`;
  md.renderer.rules.image = (tokens, index) => {
    const { content } = tokens[index];
    const name = posix.basename(tokens[index].attrGet('src'));
    return `<img src="/guide-assets/${escape(name)}" alt="${escape(content)}" loading="lazy">`;
  };
  md.renderer.rules.heading_open = (tokens, index) => {
    const { tag, meta } = tokens[index];
    return `<${tag} id="${String(meta.anchor)}">`;
  };
  md.renderer.rules.heading_close = (tokens, index) => {
    const { tag, meta } = tokens[index];
    const link = `<a class="anchor" href="#${String(meta.anchor)}" aria-label="Link to ${escape(meta.text)}">#</a>`;
    return tag === 'h1' ? `</${tag}>` : `${link}</${tag}>`;
  };
  md.renderer.rules.table_open = () =>
    '<div class="table" tabindex="0" role="group" aria-label="Table"><table>';
  md.renderer.rules.table_close = () => '</table></div>';
  // What is no text of the page: places that scripts write to.
  md.renderer.rules.html_block = () => '';
  md.renderer.rules.html_inline = (tokens, index) => escape(tokens[index].content);
  md.renderer.rules.fence = (tokens, index) => {
    const { info, content } = tokens[index];
    const [language = '', ...name] = info.trim().split(/\s+/);
    const label = name.join(' ');
    const block = `<div class="code"><pre tabindex="0"><code>${colour(content, language)}</code></pre></div>`;
    return label === ''
      ? block
      : `<section class="variant" data-name="${escape(label)}"><p>${escape(label)}</p>${block}</section>`;
  };

  return (file, text) => {
    const env = { file, open: [] };
    const tokens = md.parse(text, env);
    const slugger = new GithubSlugger();
    const headings = [];
    const sections = [];
    let open;
    for (const [index, token] of tokens.entries()) {
      if (token.type === 'heading_open') {
        const heading = textOf(tokens[index + 1]);
        const anchor = slugger.slug(heading);
        const meta = { anchor, text: heading };
        token.meta = meta;
        tokens[index + 2].meta = meta;
        if (token.tag === 'h2') headings.push(meta);
        open = { anchor: token.tag === 'h1' ? '' : anchor, heading, words: '' };
        sections.push(open);
      } else if (open !== undefined && token.type === 'inline') {
        if (tokens[index - 1]?.type !== 'heading_open') open.words += `${textOf(token)} `;
      } else if (open !== undefined && token.type === 'fence') open.words += `${token.content} `;
    }
    return { html: md.renderer.render(tokens, md.options, env), headings, sections };
  };
}

const textOf = ({ children }) =>
  children
    .map(({ type, content }) =>
      /^(?:text|code_inline)$/.test(type) ? content : type === 'softbreak' ? ' ' : '',
    )
    .join('');

import MiniSearch from 'minisearch';

const MOST_RESULTS = 12;
/** Stands in examples for the deployment that shows them. */
const EXAMPLE_ORIGIN = 'https://waypost.example.com';
const LANGUAGE = 'waypost-language';
/** Where this deployment lives on its host. */
const BASE = new URL(document.currentScript.src).pathname.replace(/\/guide-assets\/.*/, '');

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

/** Examples call the deployment that shows them. */
function nameThisDeployment() {
  const texts = document.createTreeWalker(document.querySelector('article'), NodeFilter.SHOW_TEXT);
  while (texts.nextNode() !== null)
    texts.currentNode.data = texts.currentNode.data.replaceAll(
      EXAMPLE_ORIGIN,
      location.origin + BASE,
    );
}

function addCopyButtons() {
  for (const block of document.querySelectorAll('.code')) {
    const button = make('button', { type: 'button', textContent: 'Copy' });
    button.setAttribute('aria-live', 'polite');
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(block.querySelector('code').textContent);
      button.textContent = 'Copied';
      setTimeout(() => (button.textContent = 'Copy'), 2_000);
    });
    block.append(button);
  }
}

/** The same example in several languages: one is shown, and the choice counts on every page. */
function addLanguages() {
  const groups = [];
  for (const variant of document.querySelectorAll('.variant')) {
    const last = groups.at(-1);
    if (variant.previousElementSibling === last?.at(-1) && last !== undefined) last.push(variant);
    else groups.push([variant]);
  }
  const choosers = groups.map((variants) => {
    const bar = make('div', { className: 'languages' });
    bar.setAttribute('role', 'group');
    bar.setAttribute('aria-label', 'Language of the example');
    const names = variants.map((variant) => variant.dataset.name);
    const show = (wanted) => {
      const name = names.includes(wanted) ? wanted : names[0];
      for (const variant of variants) variant.hidden = variant.dataset.name !== name;
      for (const button of bar.children)
        button.setAttribute('aria-pressed', String(button.textContent === name));
    };
    bar.append(...names.map((name) => make('button', { type: 'button', textContent: name })));
    bar.addEventListener('click', ({ target }) => {
      if (!(target instanceof HTMLButtonElement)) return;
      localStorage.setItem(LANGUAGE, target.textContent);
      for (const choose of choosers) choose(target.textContent);
    });
    variants[0].before(bar);
    for (const variant of variants) variant.firstElementChild.hidden = true;
    return show;
  });
  for (const choose of choosers) choose(localStorage.getItem(LANGUAGE));
}

/** @returns what finds sections by words; what it looks through is loaded when somebody first searches */
async function loadSearch() {
  const response = await fetch(`${BASE}/guide-assets/search.json`);
  if (!response.ok) throw new Error(`answered ${response.status}`);
  const entries = await response.json();
  const index = new MiniSearch({
    fields: ['heading', 'page', 'words'],
    storeFields: ['page', 'heading', 'words'],
    searchOptions: {
      boost: { heading: 4, page: 2 },
      prefix: true,
      fuzzy: 0.15,
      combineWith: 'AND',
    },
  });
  index.addAll(entries.map(([id, page, heading, words]) => ({ id, page, heading, words })));
  return (query) => index.search(query).slice(0, MOST_RESULTS);
}

/** Some words around the first that was found. */
function excerpt({ words, terms }) {
  const at = words.toLowerCase().indexOf(terms[0]);
  const from = at < 40 ? 0 : words.indexOf(' ', at - 40) + 1;
  return `${from > 0 ? '… ' : ''}${words.slice(from, from + 130)}`;
}

const resultOf = (found) =>
  make(
    'li',
    {},
    make(
      'a',
      { href: BASE + found.id },
      make('strong', { textContent: found.heading }),
      found.page === found.heading ? '' : make('span', { textContent: found.page }),
      make('small', { textContent: excerpt(found) }),
    ),
  );

function addSearch() {
  const input = document.querySelector('#search');
  const results = document.querySelector('#results');
  let loading;
  const close = () => (results.hidden = true);
  const say = (textContent) => {
    results.replaceChildren(make('p', { role: 'status', textContent }));
    results.hidden = false;
  };
  const look = async () => {
    loading ??= loadSearch();
    const search = await loading.catch(() => null);
    if (search === null) {
      loading = undefined;
      return say('The search could not be loaded. Check the connection, then type again.');
    }
    const query = input.value.trim();
    if (query === '') return close();
    const found = search(query);
    const count = found.length === MOST_RESULTS ? `The best ${MOST_RESULTS}` : found.length;
    results.replaceChildren(
      make('p', {
        role: 'status',
        textContent: `${count} ${found.length === 1 ? 'result' : 'results'}`,
      }),
      make('ul', {}, ...found.map(resultOf)),
    );
    results.hidden = false;
  };
  input.addEventListener('input', () => void look());
  input.form.addEventListener('submit', (event) => {
    event.preventDefault();
    results.querySelector('a')?.click();
  });
  const links = () => [...results.querySelectorAll('a')];
  document.addEventListener('keydown', (event) => {
    const inField = document.activeElement instanceof HTMLInputElement;
    if (event.key === '/' && !inField) {
      event.preventDefault();
      input.focus();
    } else if (event.key === 'Escape' && !results.hidden) {
      close();
      input.focus();
    } else if (!results.hidden && /^Arrow(?:Up|Down)$/.test(event.key)) {
      event.preventDefault();
      const at = links().indexOf(document.activeElement);
      const next = at + (event.key === 'ArrowDown' ? 1 : -1);
      (links()[next] ?? input).focus();
    }
  });
  document.addEventListener('click', ({ target }) => {
    if (
      !(target instanceof Node) ||
      target.closest?.('search') == null ||
      target.closest?.('a') != null
    )
      close();
  });
}

/** On a phone the list of pages is closed until it is asked for. */
function foldPages() {
  const details = document.querySelector('.pages details');
  const narrow = matchMedia('(max-width: 60rem)');
  const fold = () => (details.open = !narrow.matches);
  narrow.addEventListener('change', fold);
  fold();
}

foldPages();
nameThisDeployment();
addLanguages();
addCopyButtons();
addSearch();

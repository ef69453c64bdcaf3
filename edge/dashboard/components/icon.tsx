import type { ReactElement } from 'react';

/** Outlines on a grid of 16, drawn for this dashboard. */
const PATHS = {
  sessions: 'M5 1.5h6v13H5zM7 12.5h2',
  messages: 'M2 3h12v8H7l-3 2.5V11H2z',
  webhooks: 'M6 4.5a2.5 2.5 0 1 1 3.6 2.2l2 4M4.5 7.5l-1 2a2 2 0 1 0 1.7 2.5h6.3a2 2 0 1 1 .2 1',
  keys: 'M10.5 2.5a3 3 0 1 1-2.4 4.8L3 12.4V14h2v-1.5h1.5V11H8V9.4',
  settings: 'M2 4h7M12 4h2M2 8h2M7 8h7M2 12h6M11 12h3M9 2.5v3M4 6.5v3M8 10.5v3',
  welcome: 'M8 1.5l1.7 4.8 4.8 1.7-4.8 1.7L8 14.5l-1.7-4.8L1.5 8l4.8-1.7z',
  docs: 'M3 2h4.5L8 2.5 8.5 2H13v11H8.5L8 13.5 7.5 13H3zM8 2.5v11',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  chevron: 'M4.5 6.5L8 10l3.5-3.5',
  more: 'M3 8h.01M8 8h.01M13 8h.01',
  plus: 'M8 3v10M3 8h10',
  code: 'M5 4.5L1.5 8 5 11.5M11 4.5L14.5 8 11 11.5',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 1 0 0-5.6M8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5',
  person:
    'M8 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 1 0 0-5.4M2.8 14c.6-3 2.6-4.2 5.2-4.2s4.6 1.2 5.2 4.2',
  warning: 'M8 2l6.5 11.5h-13zM8 6.5v3.2M8 11.6h.01',
  send: 'M14 2L1.5 7l5 2.5L9 14.5z',
  refresh: 'M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 1.5V4.5H10.5',
  in: 'M13 3L4 12M4 6v6h6',
  out: 'M3 13l9-9M6 4h6v6',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: the word beside it says the same. */
export const Icon = ({ name, size = 16 }: { name: IconName; size?: number }): ReactElement => (
  <svg
    aria-hidden="true"
    width={size}
    height={size}
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth={name === 'more' ? 2 : 1.4}
    strokeLinecap="round"
    strokeLinejoin="round"
    className="shrink-0"
  >
    <path d={PATHS[name]} />
  </svg>
);

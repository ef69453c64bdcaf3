import type { ReactElement } from 'react';

/** Outlines on a grid of 16, drawn for this dashboard. */
const PATHS = {
  overview: 'M2 2.5h5v5H2zM9 2.5h5v3H9zM9 7.5h5v6H9zM2 9.5h5v4H2z',
  chats: 'M1.5 2.5h8v6h-5L2.5 10V8.5h-1zM11.5 5.5h3v6h-1V13l-2-1.5h-4v-1',
  people:
    'M6 3a2.2 2.2 0 1 0 0 4.4A2.2 2.2 0 1 0 6 3M1.5 13c.5-2.6 2.2-3.7 4.5-3.7s4 1.1 4.5 3.7M10.5 3.2a2.1 2.1 0 0 1 0 4M12 9.7c1.4.5 2.2 1.6 2.5 3.3',
  events: 'M1.5 8.5h3l2-5.5 3 10 2-4.5h3',
  media: 'M2 3h12v10H2zM2 11l3.5-3.5L9 11M8.5 10.5L11 8l3 3M10.8 5.6h.01',
  leads:
    'M8 14.2C3.5 10.8 1.7 8.4 1.7 6A3.2 3.2 0 0 1 8 4.6 3.2 3.2 0 0 1 14.3 6c0 2.4-1.8 4.8-6.3 8.2z',
  statistics: 'M2 14h12M3.5 11.5v-4M7 11.5v-8M10.5 11.5v-6M13.5 11.5v-2',
  admin:
    'M8 1.8l5.5 2v4c0 3-2.2 5.3-5.5 6.4C4.700 13.100 2.500 10.800 2.500 7.800v-4zM5.800 7.800l1.600 1.700 3-3.200',
  search: 'M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 1 0 0-9M10.300 10.300L14 14',
  phone: 'M4.500 1.500h7v13h-7zM7 12.500h2M6.500 1.500v.8h3v-.8',
  download: 'M8 2.500v7.500M5 7.500L8 10.500l3-3M2.500 13.500h11',
  upload: 'M8 10.500V3M5 5.500L8 2.500l3 3M2.500 13.500h11',
  trash: 'M3 4.500h10M6 4.500v-2h4v2M4.500 4.500l.5 9h6l.5-9',
  back: 'M9.500 3.500L5 8l4.500 4.500',
  signal: 'M3 13v-2M6.300 13V9M9.700 13V6M13 13V3',
  unlink:
    'M6.500 9.500l-2 2a2.100 2.100 0 0 1-3-3l2-2M9.500 6.500l2-2a2.100 2.100 0 0 1 3 3l-2 2M5 2.500v2M2.500 5h2M11 13.500v-2M13.500 11h-2',
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

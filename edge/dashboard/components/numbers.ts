const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `12,345`. By hand: the first formatter of `Intl` holds a phone up for a quarter of a second. */
export const count = (value: number): string => {
  const [whole = '', ...decimals] = String(Number(value.toFixed(3))).split('.');
  return [whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ','), ...decimals].join('.');
};

/** `1.5 MiB` */
export function bytes(value: number): string {
  const step = value < 1 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), SIZES.length - 1);
  const size = value / 1_024 ** step;
  return `${step === 0 || size >= 100 ? Math.round(size) : size.toFixed(1).replace(/\.0$/, '')} ${SIZES[step] ?? ''}`;
}

/** `99.3 %`; whole where it is whole. */
export const percent = (share: number): string =>
  `${(share * 100).toFixed(1).replace(/\.0$/, '')} %`;

/** The number in a field. NaN where it is empty: JSON has null for it, which the API refuses, and a setting does not become 0. */
export const numberIn = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

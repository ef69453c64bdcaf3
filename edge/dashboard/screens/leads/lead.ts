import type { Schemas } from '../../api/client.ts';
import type { Tone } from '../../components/status.tsx';

export type Lead = Schemas['Lead'];
export const LEAD_STATUSES = ['new', 'contacted', 'qualified', 'customer', 'lost'] as const;
export type LeadStatus = (typeof LEAD_STATUSES)[number];

export const TONES: Readonly<Record<LeadStatus, Tone>> = {
  new: 'wait',
  contacted: 'wait',
  qualified: 'good',
  customer: 'good',
  lost: 'off',
};

/** What people call them. */
export const nameOf = ({ name, person }: Pick<Lead, 'name' | 'person'>): string =>
  name ?? person.name ?? (person.phone === null ? person.id : `+${person.phone}`);

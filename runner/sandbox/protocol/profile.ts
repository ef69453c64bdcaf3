import type { PageFault } from './page-faults.ts';

export const profileNames = ['stock', '2026-09'] as const;
export const modalLanguages = ['en', 'pt-BR', 'de', 'ar', 'ja'] as const;
export type ProfileName = (typeof profileNames)[number];

/** What the document that loads a page passes to it before it has paired. */
export type PageProfile = {
  name: ProfileName;
  version: string;
  lidFirst: boolean;
  /** What this build does that those which the library was written for did not. */
  faults: readonly PageFault[];
  /** Shows the "what's new" dialog once, after the first pairing. */
  whatsNew: boolean;
};

/** Faults and pace the world imposes on a page, read at each hello. */
export type PageSettings = {
  syncMs: number;
  /** `early` fires before the library listens, `never` not at all. */
  hasSynced: 'normal' | 'early' | 'never';
  connects: 'normal' | 'never';
  /** When messages that waited are handed over after a restart: as the real page does, or once the library listens. */
  offlineDelivery: 'beforeSync' | 'afterReady';
  modal: 'off' | 'on' | 'auto';
  modalLanguage: (typeof modalLanguages)[number];
  modalLogoutMs: number;
};

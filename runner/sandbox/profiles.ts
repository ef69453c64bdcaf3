import type { PageProfile, ProfileName } from './protocol/profile.ts';

/** What each served page is like. `stock` is what whatsapp-web.js 1.34.7 was written for. */
export const profiles: Record<ProfileName, PageProfile> = {
  stock: {
    name: 'stock',
    version: '2.3000.1019999001',
    lidFirst: false,
    faults: [],
    whatsNew: false,
  },
  '2026-09': {
    name: '2026-09',
    version: '2.3000.1047780587',
    lidFirst: true,
    faults: ['message-key-field', 'media-own-id', 'group-description'],
    whatsNew: true,
  },
};

/** The only difference between production and sandbox: where WhatsApp's names lead, and whose certificate is trusted. */
export function chromiumArgs(host: string, tlsPort: number, spki: string): string[] {
  const target = `${host}:${String(tlsPort)}`;
  return [
    `--host-resolver-rules=MAP *.whatsapp.com ${target}, MAP *.whatsapp.net ${target}, MAP * ~NOTFOUND, EXCLUDE ${host}`,
    `--ignore-certificate-errors-spki-list=${spki}`,
  ];
}

import { createHash, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export type Certificate = {
  key: string;
  cert: string;
  /** Base64 SHA-256 of the public key, for Chromium's --ignore-certificate-errors-spki-list. */
  spki: string;
};

const lifeMs = 10 * 365 * 24 * 3600 * 1000;
const names = ['web.whatsapp.com', '*.whatsapp.com', '*.whatsapp.net'];

function withSpki(pem: { key: string; cert: string }): Certificate {
  const der = new X509Certificate(pem.cert).publicKey.export({ type: 'spki', format: 'der' });
  return { ...pem, spki: createHash('sha256').update(der).digest('base64') };
}

/** Writes the file whole or not at all, readable by its owner only. */
async function writeSecret(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** The sandbox's own certificate, made at its first start (EC P-256, self-signed) and kept in `dataDir`. */
export async function loadCertificate(dataDir: string): Promise<Certificate> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, 'certificate.json');
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept !== null) {
    // Written by this function alone.
    return withSpki(JSON.parse(kept) as { key: string; cert: string });
  }
  const made = await generate([{ name: 'commonName', value: 'web.whatsapp.com' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + lifeMs),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2 as const, value })) },
    ],
  });
  const pem = { key: made.private, cert: made.cert };
  await writeSecret(file, JSON.stringify(pem));
  return withSpki(pem);
}

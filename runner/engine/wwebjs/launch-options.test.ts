import { describe, expect, it } from 'vitest';
import { launchOptions, windowedIdentity } from './launch-options.ts';

const input = {
  profileDir: '/data/profile',
  chromiumPath: '/usr/bin/chromium',
  headless: true,
  asRoot: false,
  extraArgs: ['--host-resolver-rules=MAP * ~NOTFOUND'],
};

describe('launchOptions', () => {
  it('talks over pipes and leaves signals to the runner', () => {
    expect(launchOptions(input)).toMatchObject({
      pipe: true,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      protocolTimeout: 45_000,
      userDataDir: '/data/profile',
      executablePath: '/usr/bin/chromium',
    });
  });

  it('gives up the sandbox of Chromium only when it runs as root', () => {
    expect(launchOptions(input).args).not.toContain('--no-sandbox');
    expect(launchOptions({ ...input, asRoot: true }).args).toContain('--no-sandbox');
  });

  it('passes the extra arguments on, and leaves the path to puppeteer when there is none', () => {
    expect(launchOptions(input).args).toContain('--host-resolver-rules=MAP * ~NOTFOUND');
    expect(launchOptions({ ...input, chromiumPath: null })).not.toHaveProperty('executablePath');
  });
});

describe('windowedIdentity', () => {
  it('says what a windowed Chromium of the same version says', () => {
    const identity = windowedIdentity({
      version: 'HeadlessChrome/156.0.8078.79',
      platform: 'linux',
      architecture: 'x64',
    });
    expect(identity.userAgent).toBe(
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
    );
    expect(identity.userAgentMetadata).toMatchObject({
      brands: [{ brand: 'Chromium', version: '156' }, { version: '24' }],
      fullVersionList: [{ brand: 'Chromium', version: '156.0.8078.79' }, {}],
      platform: 'Linux',
      architecture: 'x86',
    });
  });
});

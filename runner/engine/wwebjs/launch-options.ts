import type { LaunchOptions, Protocol } from 'puppeteer';

/** One evaluate may take this long before puppeteer gives up on the browser; its default is 180 s. */
export const PROTOCOL_TIMEOUT_MS = 45_000;

/**
 * Flags that take processes and memory off a session's browser: 9 processes and 382 MB became 7 and 326 MB.
 * The omnibox features alone start a renderer of 157 MB in headless Chromium 156. Never `--single-process`; what else was
 * tried and left out, and why, is in docs/decisions/0007-the-headless-shell.md.
 */
const FLAGS = [
  '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,SpareRendererForSitePerProcess',
  '--renderer-process-limit=1',
  '--disable-gpu',
  '--disable-software-rasterizer',
  '--js-flags=--optimize-for-size',
  '--disable-extensions',
  '--mute-audio',
  '--lang=en-US',
];

export function launchOptions(input: {
  profileDir: string;
  chromiumPath: string | null;
  headless: boolean;
  /** Chromium refuses its own sandbox when it runs as root. */
  asRoot: boolean;
  extraArgs: readonly string[];
}): LaunchOptions & { args: string[] } {
  return {
    headless: input.headless,
    // With pipes, the death of this process ends the browser in 0.2 s; over a socket it would live on.
    pipe: true,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    protocolTimeout: PROTOCOL_TIMEOUT_MS,
    timeout: 30_000,
    userDataDir: input.profileDir,
    args: [...FLAGS, ...(input.asRoot ? ['--no-sandbox'] : []), ...input.extraArgs],
    ...(input.chromiumPath === null ? {} : { executablePath: input.chromiumPath }),
  };
}

export const proxyServer = (url: string): string => `--proxy-server=${url}`;

/** Everything goes by the proxy: calls over UDP, which no such proxy carries, must not go around it either. */
export function proxyArgs(url: string): string[] {
  return [
    proxyServer(url),
    '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--disable-quic',
  ];
}

/**
 * What the same Chromium says of itself with a window. Headless it says HeadlessChrome, which WhatsApp Web may refuse;
 * the library's default claims Chrome 101 on a Mac, which its client hints contradict.
 * @param version as puppeteer gives it, `HeadlessChrome/156.0.8078.79`, or its number alone
 */
export function windowedIdentity(input: {
  version: string;
  platform: NodeJS.Platform;
  architecture: string;
}): { userAgent: string; userAgentMetadata: Protocol.Emulation.UserAgentMetadata } {
  const full = input.version.split('/').at(-1) ?? '';
  const major = full.split('.', 1)[0] ?? '';
  const onMac = input.platform === 'darwin';
  const system = onMac ? 'Macintosh; Intel Mac OS X 10_15_7' : 'X11; Linux x86_64';
  return {
    userAgent: `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`,
    userAgentMetadata: {
      brands: [
        { brand: 'Chromium', version: major },
        { brand: 'Not.A/Brand', version: '24' },
      ],
      fullVersionList: [
        { brand: 'Chromium', version: full },
        { brand: 'Not.A/Brand', version: '24.0.0.0' },
      ],
      platform: onMac ? 'macOS' : 'Linux',
      platformVersion: '',
      architecture: input.architecture.startsWith('arm') ? 'arm' : 'x86',
      bitness: '64',
      model: '',
      mobile: false,
    },
  };
}

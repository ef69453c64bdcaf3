import { html, joinHtml } from './html.ts';
import type { MailContent } from './port.ts';

type Letter = {
  subject: string;
  /** Paragraphs before the link. */
  before: readonly string[];
  link: { label: string; url: string };
  /** Paragraphs after it. */
  after: readonly string[];
};

const MAX_NAME = 80;

/** What joins words to an address, a link or a scheme, when something follows it at once. */
const JOINTS = /[.。:/\\@∕⁄]+(?=\S)/gu;
/** As many digits as a phone number has. */
const NUMBER = /\+?\d(?:[\s().-]*\d){6,}/gu;

/**
 * What somebody calls themselves, or their workspace: one line, no room for a message of their own, and nothing that a mail
 * client turns into a link.
 */
const asName = (text: string): string => {
  const line = text
    .normalize('NFKC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(NUMBER, '…')
    .replaceAll(JOINTS, ' ')
    .trim();
  return line.length > MAX_NAME ? `${line.slice(0, MAX_NAME).toWellFormed()}…` : line;
};

function write({ subject, before, link, after }: Letter): MailContent {
  const paragraphs = (texts: readonly string[]) =>
    joinHtml(texts.map((text) => html`<p style="margin:0 0 16px">${text}</p>`));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${subject}</title>
      </head>
      <body
        style="margin:0;padding:32px 16px;background:#f4f4f5;color:#18181b;font:16px/1.5 system-ui,sans-serif"
      >
        <div
          style="max-width:480px;margin:0 auto;padding:32px;background:#ffffff;border-radius:12px"
        >
          <h1 style="margin:0 0 16px;font-size:20px">${subject}</h1>
          ${paragraphs(before)}
          <p style="margin:0 0 16px">
            <a
              href="${link.url}"
              style="display:inline-block;padding:10px 18px;border-radius:8px;background:#166534;color:#ffffff;text-decoration:none"
              >${link.label}</a
            >
          </p>
          <p style="margin:0 0 16px;font-size:13px;color:#52525b;word-break:break-all">
            ${link.url}
          </p>
          ${paragraphs(after)}
        </div>
      </body>
    </html>`;
  const text = [...before, `${link.label}: ${link.url}`, ...after].join('\n\n');
  return { subject, text: `${text}\n`, html: page.markup };
}

export const verificationMail = ({ url }: { url: string }): MailContent =>
  write({
    subject: 'Confirm your e-mail address',
    before: ['Somebody signed up for Waypost with this address. If it was you, confirm it:'],
    link: { label: 'Confirm the address', url },
    after: [
      'The link is valid for one hour.',
      'If it was not you, do nothing: without the confirmation nobody can sign in.',
    ],
  });

export const resetMail = ({ url }: { url: string }): MailContent =>
  write({
    subject: 'Choose a new password',
    before: ['Somebody requested a new password for your Waypost account. If it was you:'],
    link: { label: 'Choose a new password', url },
    after: [
      'The link is valid for one hour and works once.',
      'If it was not you, do nothing: your password stays as it is.',
    ],
  });

/** For the owner of an address that somebody signed up with once more. */
export const alreadyRegisteredMail = ({ url }: { url: string }): MailContent =>
  write({
    subject: 'You already have an account',
    before: [
      'Somebody tried to sign up for Waypost with this address. It already has an account; nothing was changed.',
      'If it was you, sign in, or request a new password there:',
    ],
    link: { label: 'Sign in', url },
    after: ['If it was not you, do nothing.'],
  });

/** For the owners of a workspace. `receiver`: the host that the endpoint calls. */
export const webhookDisabledMail = ({
  workspaceName,
  receiver,
  reason,
  url,
}: {
  workspaceName: string;
  receiver: string;
  reason: string;
  url: string;
}): MailContent =>
  write({
    subject: 'A webhook endpoint was switched off',
    before: [
      `A webhook endpoint of the workspace “${asName(workspaceName)}” was switched off: ${reason}.`,
      `It calls ${asName(receiver)}. Events are no longer delivered to it.`,
    ],
    link: { label: 'Open the dashboard', url },
    after: [
      'When the receiver works again, switch the endpoint on and redeliver what it missed. If it is no longer needed, delete it.',
    ],
  });

export type Invitation = { workspaceName: string; inviterName: string; url: string };

export const invitationMail = ({ workspaceName, inviterName, url }: Invitation): MailContent =>
  write({
    subject: 'You have been invited to a workspace on Waypost',
    before: [
      `${asName(inviterName)} invites you to the workspace “${asName(workspaceName)}” on Waypost.`,
    ],
    link: { label: 'Accept the invitation', url },
    after: ['If you do not know this person, do nothing.'],
  });

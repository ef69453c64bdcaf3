export type Mail = {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The provider sends a mail with a key that it has seen no second time. At most 256 characters. */
  idempotencyKey: string;
};

/** A mail without the address it goes to: what a template makes. */
export type MailContent = Pick<Mail, 'subject' | 'text' | 'html'>;

export type Mailer = {
  /** Hands one mail to the provider. Rejects when the provider did not take it; the error names no address. */
  send(mail: Mail): Promise<void>;
};

export * from './credentials.ts';
export * from './leases.ts';
export * from './outbound-message.ts';
export * from './runner-commands.ts';
export * from './runner-reports.ts';

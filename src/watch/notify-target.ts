/** Parses the URL of a webhook. It is a secret: no error here shows more than its host. */
import { createHmac } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** The webhook cannot be used as given. The message is for people, complete, and without the URL. */
export class NotifierError extends Error {
  override readonly name = 'NotifierError';
}

export interface Target {
  /** Without user and password. */
  readonly url: URL;
  /** Host and port: all of it that may be shown. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where and how to post. Throws NotifierError. */
export function targetOf(text: string): Target {
  // The error of `new URL` carries the URL, so it is not kept as a cause.
  if (!URL.canParse(text)) throw new NotifierError('the URL of the webhook is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new NotifierError('the URL of the webhook must begin with https://');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new NotifierError(`the webhook at ${url.host} needs https://; http:// is for this machine only`);
  }
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
  if (url.username !== '' || url.password !== '') {
    const pair = `${unescaped(url.username)}:${unescaped(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  url.hash = '';
  return { url, host: url.host, headers };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}

/**
 * Headers that prove who sent a body: the HMAC-SHA256 of `<timestamp>.<body>` in hex. The timestamp, in seconds
 * since 1970, lets a receiver refuse what was recorded and is sent again.
 */
export function signatureOf(body: string, secret: string, milliseconds: number): Record<string, string> {
  const timestamp = String(Math.floor(milliseconds / 1_000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-asbuilt-timestamp': timestamp, 'x-asbuilt-signature': `sha256=${signature}` };
}

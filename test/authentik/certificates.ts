/** Makes self-signed certificates for `/crypto/certificatekeypairs/generate/`: Node can read them but not write them, so DER is put together here. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, as PEM. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a certificate for a name that is valid for so many days from a moment (milliseconds) on. */
export function selfSigned(
  commonName: string,
  days: number,
  now: number,
  type: 'rsa' | 'ecdsa',
): CertificatePair {
  const { publicKey, privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm =
    type === 'rsa'
      ? sequence(objectId('1.2.840.113549.1.1.11'), tagged(0x05, Buffer.alloc(0)))
      : sequence(objectId('1.2.840.10045.4.3.2'));
  const subject = nameOf([
    ['2.5.4.3', commonName],
    ['2.5.4.10', 'authentik'],
    ['2.5.4.11', 'Self-signed'],
  ]);
  const day = 86_400_000;
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    subject,
    sequence(time(now - day), time(now + days * day)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', body, privateKey);
  const whole = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').replace(/.{1,64}/g, '$&\n');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = rest.flatMap((number) => {
    const groups = [number & 0x7f];
    for (let left = number >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

function nameOf(parts: readonly [string, string][]): Buffer {
  const sets = parts.map(([id, value]) =>
    tagged(0x31, sequence(objectId(id), tagged(0x0c, Buffer.from(value)))),
  );
  return sequence(...sets);
}

function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().slice(0, 19).replace(/[-:T]/g, '');
  return tagged(0x18, Buffer.from(`${digits}Z`));
}

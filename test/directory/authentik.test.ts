/** The contract of every directory, on authentik's REST API as the test server gives it, and on a real one where there is one. */
import { describe, test } from 'vitest';
import { directoryContract } from '../contract/directory.js';
import { openRealServer, openTestServer } from './authentik-support.js';

/** What authentik's REST API cannot do, by the title of the contract's test. */
const marks: Readonly<Record<string, string>> = {};

directoryContract('authentik', () => openTestServer(), marks);

const { TEST_AUTHENTIK_URL: url, TEST_AUTHENTIK_TOKEN: token } = process.env;
if (url && token) directoryContract(`authentik at ${url}`, () => openRealServer(url, token), marks);
else
  describe('a real authentik', () => {
    test.skip('is not there: set TEST_AUTHENTIK_URL and TEST_AUTHENTIK_TOKEN', () => {});
  });

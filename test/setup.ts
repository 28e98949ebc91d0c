/** Before every test file: property tests take the same examples each time, others with `SEED=` set. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.SEED ?? 20_261_121) });

import { z } from 'zod';

/** An object whose inside is read elsewhere, with paths of its own for what cannot be mapped. */
export const jsonObject = z.record(z.string(), z.json());

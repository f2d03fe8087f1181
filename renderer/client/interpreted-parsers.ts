import { z } from 'zod';

// To be imported before the contract: zod tries out `eval` while schemas are built, which the page's content security
// policy forbids and reports. Interpreted parsers are fast enough for messages at human rates.
z.config({ jitless: true });

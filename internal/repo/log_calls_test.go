package repo

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLogCalls(t *testing.T) {
	s := open(t, archived(`
-- src/logger.ts --
export const logger = {
  info: (m: string) => console.log(m),
};
-- src/pino.ts --
import pino from "pino";
export const log = pino({ level: "info" });
-- src/winston.ts --
import winston from "winston";
export default winston.createLogger({ format: winston.format.json() });
-- src/a.ts --
import { logger } from "./logger";
import { log } from "./pino";
import winstonLogger from "./winston";
logger.info("x");
log.error({ err }, "failed");
console.warn(`+"`x ${y}`"+`);
Math.log(2);
winstonLogger.info("x");
// console.log("comment");
const s = 'console.log("string")';
-- src/nest.service.ts --
import { Logger } from "@nestjs/common";
class A { private readonly logger = new Logger(A.name); f() { this.logger.debug("x"); } }
-- src/fast.ts --
app.get("/", (request) => { request.log.warn("x"); unknownThing.logger.info("y"); });
-- src/scene.tsx --
export function Logger() { return <p/>; }
-- test/t.ts --
console.log("in a test");
-- py/main.py --
import logging, structlog
from loguru import logger as loguru_logger
from py.log import logger
log = structlog.get_logger()
logging.basicConfig(level=1)
print(f"x {y}")
log.info("x", user=1)
log.info("y")
logging.getLogger(__name__).error("a %s", b)
logger.exception("x" % y)
loguru_logger.critical("x")
class A:
    def f(self):
        self.logger.warning("w", extra={"a": 1})
        self.dialog.info("no")
        math.log(3)
-- py/log.py --
import logging
logger = logging.getLogger("app")
`))
	var got []string
	for _, l := range s.LogCalls() {
		line := fmt.Sprintf("%s:%d %s %s %s %s", l.File.Path, l.At().Line, l.Kind, l.Library, l.Callee, l.Level)
		for name, on := range map[string]bool{" structured": l.Structured} {
			if on {
				line += name
			}
		}
		if l.Built {
			line += " built"
		}
		if l.InLogger {
			line += " in the logger"
		}
		got = append(got, line)
	}
	want := []string{
		"py/main.py:6 print  print info built",
		"py/main.py:7 library structlog log.info info structured",
		"py/main.py:8 library structlog log.info info structured",
		"py/main.py:9 library logging logging.getLogger().error error",
		"py/main.py:10 library logging logger.exception error built",
		"py/main.py:11 library loguru loguru_logger.critical fatal",
		"py/main.py:14 library logging self.logger.warning warn structured",
		"src/a.ts:4 own logger  logger.info info",
		"src/a.ts:5 library pino log.error error structured",
		"src/a.ts:6 console  console.warn warn built",
		"src/a.ts:8 library winston winstonLogger.info info",
		"src/fast.ts:1 library pino request.log.warn warn structured",
		"src/fast.ts:1 unknown  unknownThing.logger.info info",
		"src/logger.ts:2 console  console.log info in the logger",
		"src/nest.service.ts:2 library @nestjs/common this.logger.debug debug",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var setups []string
	for _, l := range s.LogSetups() {
		setups = append(setups, fmt.Sprintf("%s %s %t", l.File.Path, l.Library, l.Records))
	}
	if diff := cmp.Diff([]string{"py/main.py logging false", "src/pino.ts pino true", "src/winston.ts winston true"}, setups); diff != "" {
		t.Error(diff)
	}
	if n := len(s.LogCallsIn(s.File("src/a.ts"))); n != 4 {
		t.Errorf("%d calls in src/a.ts", n)
	}
}

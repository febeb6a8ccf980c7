"""Public registers in the formats in which they are published, each recognised by its header."""

from matchmaker.exchange.readers.registers import ccd, hifld, ipeds, libraries, museums, oregon, scorecard
from matchmaker.exchange.reading import Format

FORMATS: tuple[Format, ...] = (
    *ipeds.FORMATS,
    *scorecard.FORMATS,
    *ccd.FORMATS,
    *hifld.FORMATS,
    *museums.FORMATS,
    *libraries.FORMATS,
    *oregon.FORMATS,
)

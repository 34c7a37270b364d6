from model.columns import Columns, Flags
from model.formats import RowStyle

def encode_rows(style: RowStyle, articles: list[str], columns: Columns, kept: Flags) -> bytes: ...

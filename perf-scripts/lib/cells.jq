# Figures as cells of a table.

def figure($factor; $digits): . * $factor * pow(10; $digits) | round / pow(10; $digits) | tostring;
def range_of($factor; $digits): "\(.min | figure($factor; $digits))..\(.max | figure($factor; $digits))";

# Two cells of a spread: its median, and its range.
def middle_and_range($factor; $digits):
    if . == null then "-", "-" else (.median | figure($factor; $digits)), range_of($factor; $digits) end;

def ratio: if . == null then "-" else .median | figure(1; 3) end;

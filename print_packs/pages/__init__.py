"""How every sheet looks: covers, answer sheets, slips, codes."""

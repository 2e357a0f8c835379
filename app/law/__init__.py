"""What a jurisdiction asks of whoever hires with software: notices, letters, reviews, records.  Not legal advice."""

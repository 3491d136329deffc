"""Floor 4, answers: zones, assessments and what a parcel's notice is made of."""

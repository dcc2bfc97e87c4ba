"""What owscale takes, in time, memory and instructions, beside its floors and its peers. README.md here tells more."""

# Reference values for tests/test_agreement.py: run `Rscript agreement.R` in this folder.
# Writes made-up answers (agreement_data.csv) and what R makes of them (agreement.csv).
suppressPackageStartupMessages({library(multilevel); library(psych)})
options(digits = 17)
set.seed(20250817)

out <- list()
keep <- function(set, what, value, unit = "") out[[length(out) + 1]] <<- data.frame(set, what, unit, value = unname(as.numeric(value)))

make <- function(set, sizes, between) {
  unit <- rep(sprintf("u%02d", seq_along(sizes)), sizes)
  level <- rnorm(length(sizes), 3.2, between)[rep(seq_along(sizes), sizes)]
  d <- data.frame(set, unit)
  for (j in 1:4) d[[paste0("q", j)]] <- pmin(5, pmax(1, round(level + rnorm(nrow(d), 0, 0.9))))
  d
}
uneven <- make("uneven", c(2, 3, 5, 8, 9, 14, 20, 1), 0.6)
even <- make("even", rep(7, 10), 0.4)
write.csv(rbind(uneven, even), "agreement_data.csv", row.names = FALSE, quote = FALSE)

for (d in list(uneven, even)) {
  set <- d$set[1]
  q <- d[paste0("q", 1:4)]
  m <- rowMeans(q)
  fit <- lme(m ~ 1, random = ~ 1 | unit, data = data.frame(m, unit = d$unit), control = list(opt = "optim", msTol = 1e-12, tolerance = 1e-12, msMaxIter = 500, reltol = 1e-14))
  rel <- gmeanrel(fit)
  keep(set, "icc1_reml", rel$ICC); keep(set, "icc2_mean_reliability", mean(rel$MeanRel))
  keep(set, "icc2_spearman_brown", mean(rel$GrpSize) * rel$ICC / (1 + (mean(rel$GrpSize) - 1) * rel$ICC))
  a <- aov(m ~ factor(d$unit))
  keep(set, "icc1_anova_mean_size", ICC1(a)); keep(set, "icc2_anova", ICC2(a))
  n <- table(d$unit); n0 <- (sum(n) - sum(n^2) / sum(n)) / (length(n) - 1); s <- summary(a)[[1]]
  keep(set, "icc1_anova", (s[1, 3] - s[2, 3]) / (s[1, 3] + (n0 - 1) * s[2, 3]))
  nulls <- c(uniform = 2, skewed = 1.34)
  for (name in names(nulls)) {
    many <- rwg.j(q, d$unit, nulls[[name]]); one <- rwg(d$q1, d$unit, nulls[[name]])
    for (i in seq_len(nrow(many))) if (many$gsize[i] > 1) {
      keep(set, paste0("rwgj_", name), many$rwg.j[i], many$grpid[i]); keep(set, paste0("rwg_", name), one$rwg[i], one$grpid[i])
    }
  }
}
# psych::ICC takes units of one size as rows and raters as columns: ICC1 and ICC1k with exact F intervals
m <- matrix(rowMeans(even[paste0("q", 1:4)]), nrow = 10, byrow = TRUE)
i <- ICC(m, lmer = FALSE)$results
for (r in 1:6) if (i$type[r] %in% c("ICC1", "ICC1k")) {
  keep("even", paste0("psych_", i$type[r]), i$ICC[r]); keep("even", paste0("psych_", i$type[r], "_low"), i$`lower bound`[r]); keep("even", paste0("psych_", i$type[r], "_high"), i$`upper bound`[r])
}
# bh1996 is in the package; its figures, not its rows, are kept here
data(bh1996, package = "multilevel")
for (v in c("HRS", "LEAD", "COHES", "WBEING")) {
  r <- mult.icc(bh1996[c(v, "GRP")], bh1996$GRP)[1, ]; a <- aov(bh1996[[v]] ~ factor(bh1996$GRP))
  keep("bh1996", paste0(v, "_icc1_reml"), r$ICC1); keep("bh1996", paste0(v, "_icc2_spearman_brown"), r$ICC2)
  keep("bh1996", paste0(v, "_icc1_anova_mean_size"), ICC1(a)); keep("bh1996", paste0(v, "_icc2_anova"), ICC2(a))
  fit <- lme(y ~ 1, random = ~ 1 | GRP, data = data.frame(y = bh1996[[v]], GRP = bh1996$GRP))
  keep("bh1996", paste0(v, "_icc2_mean_reliability"), mean(gmeanrel(fit)$MeanRel))
  if (v %in% c("LEAD", "COHES")) keep("bh1996", paste0(v, "_rwg_uniform"), mean(rwg(bh1996[[v]], bh1996$GRP, 2)$rwg))
}
write.csv(do.call(rbind, out), "agreement.csv", row.names = FALSE, quote = FALSE)
